package org.lanyard.control;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC 2.0 (jsonrpc.org/specification), batches included: one line of text in, at most one line
 * out, as an {@link Exchange}. It knows nothing of the methods but their names.
 */
final class JsonRpc {
    /** One whose answer may come later. */
    @FunctionalInterface
    interface Method {
        /**
         * @param client who asks
         * @param params an object, an array, or a missing node
         * @return completed on the control thread; with a {@link Refusal} where it is refused
         */
        CompletableFuture<JsonNode> call(Client client, JsonNode params) throws Refusal;
    }

    /** One that has its answer at once. */
    @FunctionalInterface
    interface Prompt {
        /**
         * @param params an object, an array, or a missing node
         */
        JsonNode call(JsonNode params) throws Refusal;
    }

    static Method promptly(Prompt method) {
        return (client, params) -> CompletableFuture.completedFuture(method.call(params));
    }

    /** An answer that is an error of the caller's. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;

        Refusal(String message) {
            this(INVALID_PARAMS, message);
        }

        Refusal(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(JsonRpc.class);

    private static final int PARSE_ERROR = -32700;
    private static final int INVALID_REQUEST = -32600;
    private static final int NO_SUCH_METHOD = -32601;
    private static final int INVALID_PARAMS = -32602;
    private static final int INTERNAL_ERROR = -32603;
    private static final int BATCH_TOO_LARGE = -32000;

    /** Ours: who asks may not. */
    static final int NOT_ALLOWED = -32001;

    /**
     * Of one request: values, names and brackets. No method takes as many, and each is an object.
     */
    private static final int MOST_PARTS = 1 << 15;

    private static final String NO_REQUEST = "a request is an object";

    private final ObjectMapper json =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private final Map<String, Method> methods;

    JsonRpc(Map<String, Method> methods) {
        this.methods = new TreeMap<>(methods);
    }

    /** Begins to answer one line; of half a line nothing is called. */
    Exchange begin(Client client, String line) {
        try {
            String wrong = scan(line);
            return wrong == null
                    ? new Exchange(this, client, json.createParser(line), line.length())
                    : new Exchange(error(json.nullNode(), INVALID_REQUEST, wrong));
        } catch (JsonProcessingException e) {
            return new Exchange(noJson(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("a string can't be read", e);
        }
    }

    /** Reads it to its end and keeps nothing; what is wrong with it as a whole, or null. */
    private String scan(String line) throws IOException {
        try (JsonParser parser = json.createParser(line)) {
            JsonToken token = parser.nextToken();
            int outside = token == JsonToken.START_ARRAY ? 1 : 0;
            int depth = outside;
            if (outside == 1) {
                token = parser.nextToken();
            }
            if (token == null || token == JsonToken.END_ARRAY) {
                return NO_REQUEST;
            }
            int parts = 0;
            while (true) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                parts = depth > outside ? parts + 1 : 0;
                if (parts > MOST_PARTS) {
                    return "a request has at most " + MOST_PARTS + " parts";
                }
                if (depth == 0) {
                    break;
                }
                token = parser.nextToken();
            }
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "there is more behind its end");
            }
            return null;
        }
    }

    /**
     * The next value there.
     *
     * @throws IOException when it is none; the scan does not look at numbers
     */
    JsonNode read(JsonParser parser) throws IOException {
        try {
            return json.readTree(parser);
        } catch (NumberFormatException e) { // an exponent that BigDecimal has no room for
            throw new JsonParseException(parser, "a number is too large or too small", e);
        }
    }

    private static CompletableFuture<String> promptly(String answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** The answer to one request, or null where none is due: to notifications. */
    CompletableFuture<String> answer(Client client, JsonNode request) {
        String wrong = whatIsWrong(request);
        if (wrong != null) {
            return promptly(error(idToEcho(request), INVALID_REQUEST, wrong));
        }
        String name = request.get("method").asText();
        Method method = methods.get(name);
        if (method == null) {
            String known = String.join(", ", methods.keySet());
            String what = "no method '" + name + "'; there are " + known;
            return promptly(refuse(request, NO_SUCH_METHOD, what));
        }
        CompletableFuture<JsonNode> result;
        try {
            result = method.call(client, request.path("params"));
        } catch (Refusal | RuntimeException e) {
            result = CompletableFuture.failedFuture(e);
        }
        return result.handle(
                (value, e) -> e == null ? success(request, value) : failure(request, name, e));
    }

    /** The answer to one for which the others' answers leave no room; null for a notification. */
    String tooMuch(JsonNode request) {
        return refuse(request, BATCH_TOO_LARGE, "the batch's answer grew too large");
    }

    /** The answer to what can't be read. */
    String noJson(String why) {
        return error(json.nullNode(), PARSE_ERROR, "no JSON: " + why);
    }

    private String success(JsonNode request, JsonNode result) {
        if (!request.has("id")) {
            return null;
        }
        ObjectNode answer = envelope(request.get("id"));
        answer.set("result", result);
        return answer.toString();
    }

    private String failure(JsonNode request, String name, Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        if (cause instanceof Refusal refusal) {
            return refuse(request, refusal.code, refusal.getMessage());
        }
        LOG.error("method {}", name, cause);
        return refuse(request, INTERNAL_ERROR, "an error in the switch itself; see its log");
    }

    private static String whatIsWrong(JsonNode request) {
        if (!request.isObject()) {
            return NO_REQUEST;
        }
        if (!request.path("jsonrpc").asText().equals("2.0")) {
            return "a request has \"jsonrpc\": \"2.0\"";
        }
        if (!request.path("method").isTextual()) {
            return "a request has a \"method\", which is a string";
        }
        if (!isId(request.path("id")) && request.has("id")) {
            return "an \"id\" is a string, a number or null";
        }
        if (request.has("params") && !request.get("params").isContainerNode()) {
            return "\"params\" are an object or an array";
        }
        return null;
    }

    private static boolean isId(JsonNode id) {
        return id.isTextual() || id.isNumber() || id.isNull();
    }

    private JsonNode idToEcho(JsonNode request) {
        JsonNode id = request.path("id");
        return isId(id) ? id : json.nullNode();
    }

    /** What a client is told that is not even asked what it wants. */
    String turnAway(String message) {
        return error(json.nullNode(), NOT_ALLOWED, message);
    }

    /** Null for a notification, which is never answered. */
    private String refuse(JsonNode request, int code, String message) {
        return request.has("id") ? error(idToEcho(request), code, message) : null;
    }

    private String error(JsonNode id, int code, String message) {
        ObjectNode answer = envelope(id);
        answer.putObject("error").put("code", code).put("message", message);
        return answer.toString();
    }

    private ObjectNode envelope(JsonNode id) {
        ObjectNode answer = json.createObjectNode();
        answer.put("jsonrpc", "2.0");
        answer.set("id", id);
        return answer;
    }
}
