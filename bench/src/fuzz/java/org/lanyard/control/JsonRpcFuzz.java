package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lanyard.fuzz.Check;

/**
 * A line of whatever bytes has at most one line as its answer, and that is what JSON-RPC 2.0 says;
 * methods are called with what they have said that they take.
 */
public final class JsonRpcFuzz {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonRpc RPC = rpc();

    private JsonRpcFuzz() {}

    private static JsonRpc rpc() {
        List<RpcMethod> methods =
                List.of(
                        RpcMethod.reading("status", params -> params),
                        RpcMethod.reading(
                                "get",
                                JsonRpcFuzz::taken,
                                RpcMethod.required("name", RpcMethod.Type.STRING),
                                RpcMethod.optional("vlan", RpcMethod.Type.INTEGER),
                                RpcMethod.optional("ports", RpcMethod.Type.STRINGS)),
                        RpcMethod.changing(
                                "refuse",
                                params -> {
                                    throw new JsonRpc.Refusal("no: " + params);
                                },
                                RpcMethod.optional("why", RpcMethod.Type.STRING)));
        Map<String, JsonRpc.Method> byName = new HashMap<>();
        methods.forEach(method -> byName.put(method.name(), method::call));
        return new JsonRpc(byName);
    }

    private static JsonNode taken(JsonNode params) {
        Check.that(params.get("name").isTextual(), "a name that is none: " + params);
        for (JsonNode port : params.path("ports")) {
            Check.that(port.isTextual(), "a port that is none: " + params);
        }
        JsonNode vlan = params.path("vlan");
        Check.that(
                vlan.isMissingNode() || vlan.isNull() || vlan.isIntegralNumber(),
                "a VLAN that is none: " + params);
        return JsonNodeFactory.instance.textNode(vlan.asInt() + params.get("name").asText());
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
        String line = new String(bytes, StandardCharsets.UTF_8).replace('\n', ' ');
        StringBuilder answers = new StringBuilder();
        Exchange exchange = RPC.begin(null, line);
        while (exchange.hasNext()) {
            CompletableFuture<String> next = exchange.next();
            Check.that(next.isDone(), "an answer that is still to come");
            answers.append(next.join());
        }
        String answer = answers.toString().stripTrailing();
        if (answer.isEmpty()) {
            return;
        }
        Check.that(answer.indexOf('\n') < 0, "an answer of more than a line");
        JsonNode told = JSON.readTree(answer);
        if (told.isArray()) {
            Check.that(!told.isEmpty(), "an answer of nothing");
            told.forEach(JsonRpcFuzz::check);
        } else {
            check(told);
        }
    }

    private static void check(JsonNode answer) {
        Check.same("2.0", answer.path("jsonrpc").asText(), "version of " + answer);
        Check.that(answer.has("result") != answer.has("error"), "neither or both in " + answer);
        JsonNode id = answer.path("id");
        Check.that(id.isTextual() || id.isNumber() || id.isNull(), "the id of " + answer);
        if (answer.has("error")) {
            Check.that(answer.get("error").path("code").isInt(), "the code of " + answer);
            Check.that(answer.get("error").path("code").asInt() != -32603, "a fault: " + answer);
        }
    }
}
