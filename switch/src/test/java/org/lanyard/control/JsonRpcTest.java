package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples are those of jsonrpc.org/specification, sections 4 to 7, and their neighbours. */
class JsonRpcTest {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ObjectMapper json = new ObjectMapper();
    private final List<JsonNode> seen = new ArrayList<>();
    private final JsonRpc rpc =
            new JsonRpc(
                    Map.of(
                            "echo",
                            JsonRpc.promptly(
                                    params -> {
                                        seen.add(params);
                                        return params.isMissingNode() ? NODES.nullNode() : params;
                                    }),
                            "refuse",
                            JsonRpc.promptly(
                                    params -> {
                                        throw new JsonRpc.Refusal("not like this");
                                    }),
                            "break",
                            JsonRpc.promptly(
                                    params -> {
                                        throw new IllegalStateException("secret");
                                    }),
                            "large",
                            JsonRpc.promptly(params -> NODES.textNode("x".repeat(5 << 20)))));

    private String handle(String line) {
        StringBuilder answer = new StringBuilder();
        Exchange exchange = rpc.begin(null, line);
        while (exchange.hasNext()) {
            answer.append(exchange.next().join());
        }
        return answer.isEmpty() ? null : answer.toString().stripTrailing();
    }

    private int errorCode(String line) throws Exception {
        JsonNode answer = json.readTree(handle(line));
        assertEquals("2.0", answer.path("jsonrpc").asText());
        assertTrue(answer.path("error").path("message").isTextual(), () -> "no message: " + answer);
        assertTrue(!answer.has("result"), () -> "an error and a result: " + answer);
        return answer.path("error").path("code").asInt();
    }

    private static String request(String rest) {
        return "{\"jsonrpc\":\"2.0\"," + rest + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "0",
                "-7",
                "\"a string\"",
                "\"\"",
                "null",
                "1.0",
                "1.50",
                "123456789012345678901234567890",
                "\"\\\"quoted\\\" \\\\ \u00fc\""
            })
    void shouldEchoTheIdAsItIs(String id) {
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":null}",
                handle(request("\"id\":" + id + ",\"method\":\"echo\"")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\":\"guests\"}", "[1,2]", "{}", "[]"})
    void shouldHandTheParamsOver(String params) throws Exception {
        String answer = handle(request("\"id\":1,\"method\":\"echo\",\"params\":" + params));
        assertEquals(json.readTree(params), json.readTree(answer).path("result"));
    }

    @Test
    void shouldNeverAnswerANotification() {
        assertNull(handle(request("\"method\":\"echo\"")));
        assertNull(handle(request("\"method\":\"refuse\"")));
        try (LogLines log = LogLines.of(JsonRpc.class)) {
            assertNull(handle(request("\"method\":\"break\"")));
            assertEquals(1, log.lines().size());
        }
        assertNull(handle(request("\"method\":\"nothing\"")));
        assertEquals(1, seen.size(), "the first one was called");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":\"bar\",\"baz]",
                "garbage",
                "{",
                "[",
                "\"half",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"} {\"more\":1}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}]"
            })
    void shouldTellAParseErrorWithAnIdOfNull(String line) throws Exception {
        assertEquals(-32700, errorCode(line));
        assertTrue(json.readTree(handle(line)).path("id").isNull());
        assertEquals(List.of(), seen, "nothing is called on the strength of half a line");
    }

    @Test
    void shouldNotFallOverDeepNesting() throws Exception {
        assertEquals(-32700, errorCode("[".repeat(1 << 20)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":1,\"params\":{}}; 5",
                "{\"jsonrpc\":\"2.0\",\"id\":\"a\"}; \"a\"",
                "{\"id\":5,\"method\":\"echo\"}; 5",
                "{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"echo\"}; 5",
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"echo\",\"params\":\"bar\"}; 5",
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"echo\",\"params\":null}; 5",
                "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"echo\"}; null",
                "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"echo\"}; null",
                "{\"method\":\"echo\"}; null",
                "{}; null",
                "[]; null",
                "1; null",
                "null; null",
                "\"status\"; null"
            })
    void shouldTellAnInvalidRequest(String line, String id) throws Exception {
        assertEquals(-32600, errorCode(line));
        assertEquals(json.readTree(id), json.readTree(handle(line)).path("id"));
        assertEquals(List.of(), seen);
    }

    @Test
    void shouldTellWhichMethodsThereAre() {
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no method"
                        + " 'foobar'; there are break, echo, large, refuse\"}}",
                handle(request("\"id\":1,\"method\":\"foobar\"")));
    }

    @Test
    void shouldTellThatParamsAreRefused() {
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32602,\"message\":"
                        + "\"not like this\"}}",
                handle(request("\"id\":\"x\",\"method\":\"refuse\"")));
    }

    @Test
    void shouldLogAFaultOfItsOwnAndNotShowIt() throws Exception {
        try (LogLines log = LogLines.of(JsonRpc.class)) {
            assertEquals(-32603, errorCode(request("\"id\":1,\"method\":\"break\"")));
            assertEquals(List.of("SEVERE method break"), log.lines());
        }
    }

    @Test
    void shouldAnswerABatchInOneLine() throws Exception {
        String batch =
                "["
                        + request("\"id\":1,\"method\":\"echo\",\"params\":[1]")
                        + ","
                        + request("\"method\":\"echo\"")
                        + ",{\"foo\":\"boo\"},1,"
                        + request("\"id\":\"9\",\"method\":\"none\"")
                        + "]";
        JsonNode answers = json.readTree(handle(batch));
        assertEquals(4, answers.size(), () -> answers.toString());
        assertEquals("[1]", answers.get(0).path("result").toString());
        assertEquals(-32600, answers.get(1).path("error").path("code").asInt());
        assertEquals(-32600, answers.get(2).path("error").path("code").asInt());
        assertEquals("9", answers.get(3).path("id").asText());
        assertEquals(-32601, answers.get(3).path("error").path("code").asInt());
    }

    @Test
    void shouldNotAnswerABatchOfNotifications() {
        String notification = request("\"method\":\"echo\"");
        assertNull(handle("[" + notification + "," + notification + "]"));
        assertEquals(2, seen.size());
    }

    @Test
    void shouldBoundWhatABatchCanMakeOfOneLine() throws Exception {
        String large = request("\"id\":1,\"method\":\"large\"");
        JsonNode answers = json.readTree(handle(Collections.nCopies(500, large).toString()));
        assertEquals(500, answers.size());
        assertTrue(answers.get(1).has("result"));
        assertEquals(-32000, answers.get(2).path("error").path("code").asInt());
        assertEquals(-32000, answers.get(499).path("error").path("code").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999999999", "-1e-99999999999999999", "9e799909999999999999"})
    void shouldSayThatANumberIsNone(String number) throws Exception {
        assertEquals(-32700, errorCode(number));
        assertEquals(-32700, errorCode(request("\"method\":\"echo\",\"id\":" + number)));
    }
}
