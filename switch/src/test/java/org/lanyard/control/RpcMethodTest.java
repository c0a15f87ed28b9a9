package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a method is not called with. */
class RpcMethodTest {
    private final ObjectMapper json = new ObjectMapper();
    private final RpcMethod method =
            RpcMethod.reading(
                    "paint",
                    params -> params,
                    RpcMethod.required("colour", RpcMethod.Type.STRING),
                    RpcMethod.optional("coats", RpcMethod.Type.INTEGER),
                    RpcMethod.optional("walls", RpcMethod.Type.STRINGS));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"colour\":\"red\"}",
                "{\"colour\":\"red\",\"coats\":2,\"walls\":[\"north\",\"south\"]}",
                "{\"colour\":\"\",\"coats\":null,\"walls\":[]}"
            })
    void shouldBeCalledWithWhatItTakes(String params) throws Exception {
        JsonNode given = json.readTree(params);
        assertEquals(given, method.call(null, given).join());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|paint needs colour: ",
                "{\"colour\":null}|paint needs colour: ",
                "[]|paint needs colour: ",
                "{\"colour\":5}|paint: colour is not a string: ",
                "{\"colour\":\"red\",\"coats\":\"2\"}|paint: coats is not a whole number: ",
                "{\"colour\":\"red\",\"coats\":1.5}|paint: coats is not a whole number: ",
                "{\"colour\":\"red\",\"walls\":\"all\"}|paint: walls is not an array of strings: ",
                "{\"colour\":\"red\",\"walls\":[1]}|paint: walls is not an array of strings: ",
                "{\"colour\":\"red\",\"color\":\"\"}|paint knows no 'color': ",
                "[\"red\"]|paint takes its params by name: "
            })
    void shouldSayWhatItTakesInstead(String params, String why) throws Exception {
        JsonNode given = json.readTree(params);
        String usage =
                "it takes colour (a string), coats (a whole number, optional), walls (an array of"
                        + " strings, optional)";
        JsonRpc.Refusal refusal =
                assertThrows(JsonRpc.Refusal.class, () -> method.call(null, given));
        assertEquals(why.strip() + " " + usage, refusal.getMessage());
    }

    @Test
    void shouldTakeNothingWhereNothingIsToBeSaid() throws Exception {
        RpcMethod wait = RpcMethod.changing("wait", params -> params);
        assertEquals(json.missingNode(), wait.call(null, json.missingNode()).join());
        assertThrows(JsonRpc.Refusal.class, () -> wait.call(null, json.readTree("{\"long\":1}")));
    }
}
