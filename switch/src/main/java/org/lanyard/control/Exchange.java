package org.lanyard.control;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * One line of a client's and what is answered to it, request by request: a batch is read and
 * answered piece by piece, so that neither takes more memory, nor more time at once, than one
 * request does.
 */
final class Exchange {
    /** Without a bound, a line of requests would become an answer without end. */
    private static final int LARGEST_ANSWER = 8 << 20;

    private final JsonRpc rpc;
    private final Client client;

    /** In front of the next request; null where the one that there is has been answered. */
    private JsonParser rest;

    /** All that is answered, where nothing is called; null elsewhere or when it was told. */
    private String refusal;

    private final boolean isBatch;
    private final int lineBytes;
    private int answered;

    /** One that calls nothing. */
    Exchange(String refusal) {
        this.rpc = null;
        this.client = null;
        this.refusal = refusal;
        this.isBatch = false;
        this.lineBytes = 0;
    }

    /**
     * @param rest at the beginning of a line that is JSON
     * @param lineBytes what it keeps of the line
     */
    Exchange(JsonRpc rpc, Client client, JsonParser rest, int lineBytes) throws IOException {
        this.rpc = rpc;
        this.client = client;
        this.rest = rest;
        this.lineBytes = lineBytes;
        rest.nextToken();
        boolean isArray = rest.currentToken() == JsonToken.START_ARRAY;
        if (isArray) {
            rest.nextToken();
        }
        this.isBatch = isArray;
    }

    /** Whether there are requests that are not answered yet. */
    boolean hasNext() {
        return rest != null || refusal != null;
    }

    /** Bytes of the line that it keeps. */
    int held() {
        return rest == null ? 0 : lineBytes;
    }

    /**
     * Answers the next request.
     *
     * @return the next piece of the line that goes back, empty where none is due; it ends with the
     *     line's end unless more is to come. Completed on the control thread
     */
    CompletableFuture<String> next() {
        if (refusal != null) {
            String told = refusal;
            refusal = null;
            return CompletableFuture.completedFuture(piece(told, true));
        }
        JsonNode request;
        try {
            request = rpc.read(rest);
            rest.nextToken();
        } catch (IOException e) { // a number or a name that is too long: the scan does not see it
            rest = null;
            return CompletableFuture.completedFuture(piece(rpc.noJson(message(e)), true));
        }
        boolean isLast = !isBatch || rest.currentToken() == JsonToken.END_ARRAY;
        if (isLast) {
            rest = null;
        }
        CompletableFuture<String> answer =
                answered < LARGEST_ANSWER
                        ? rpc.answer(client, request)
                        : CompletableFuture.completedFuture(rpc.tooMuch(request));
        return answer.thenApply(text -> piece(text, isLast));
    }

    private static String message(IOException e) {
        return e instanceof JsonProcessingException json
                ? json.getOriginalMessage()
                : e.getMessage();
    }

    private String piece(String answer, boolean isLast) {
        if (!isBatch) {
            return answer == null ? "" : answer + "\n";
        }
        String piece = answer == null ? "" : (answered == 0 ? "[" : ",") + answer;
        answered += piece.length();
        return isLast && answered > 0 ? piece + "]\n" : piece;
    }
}
