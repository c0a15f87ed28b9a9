package org.lanyard.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC 2.0 (jsonrpc.org/specification), batches included: one line of text in, at most one line
 * out. It knows nothing of the methods but their names.
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

    /** Without a bound, a line of requests would become an answer that fills the memory. */
    private static final int LARGEST_BATCH_ANSWER = 8 << 20;

    private final ObjectMapper json =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private final Map<String, Method> methods;

    JsonRpc(Map<String, Method> methods) {
        this.methods = new TreeMap<>(methods);
    }

    /** The answer to one line, or null where none is due: to notifications. */
    CompletableFuture<String> handle(Client client, String line) {
        JsonNode message;
        try {
            message = json.readTree(line);
        } catch (JsonProcessingException e) {
            String what = "no JSON: " + e.getOriginalMessage();
            return promptly(error(json.nullNode(), PARSE_ERROR, what));
        }
        return message.isArray() && !message.isEmpty()
                ? batch(client, message)
                : answer(client, message);
    }

    private static CompletableFuture<String> promptly(String answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** One after another, as they stand there. */
    private CompletableFuture<String> batch(Client client, JsonNode requests) {
        CompletableFuture<StringBuilder> all =
                CompletableFuture.completedFuture(new StringBuilder());
        for (JsonNode request : requests) {
            all = all.thenCompose(answers -> answer(client, request, answers));
        }
        return all.thenApply(answers -> answers.isEmpty() ? null : answers.append(']').toString());
    }

    private CompletableFuture<StringBuilder> answer(
            Client client, JsonNode request, StringBuilder answers) {
        CompletableFuture<String> next =
                answers.length() < LARGEST_BATCH_ANSWER
                        ? answer(client, request)
                        : promptly(
                                refuse(
                                        request,
                                        BATCH_TOO_LARGE,
                                        "the batch's answer grew too large"));
        return next.thenApply(
                answer ->
                        answer == null
                                ? answers
                                : answers.append(answers.isEmpty() ? '[' : ',').append(answer));
    }

    private CompletableFuture<String> answer(Client client, JsonNode request) {
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
            return "a request is an object";
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
