package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Any program that captures by the control socket. One thread. */
final class CaptureClient implements AutoCloseable {
    private final ObjectMapper json = new ObjectMapper();
    private final LineClient client;
    private final ByteArrayOutputStream pcapng = new ByteArrayOutputStream();
    private long frames;
    private long missed;

    /**
     * @param params as JSON
     */
    CaptureClient(RunningSwitch lanyard, String params) throws IOException {
        client = new LineClient(lanyard.controlSocket());
        try {
            ask("capture", params);
            JsonNode answer = json.readTree(client.line());
            if (!answer.path("result").path("capturing").asBoolean()) {
                throw new IOException(answer.path("error").path("message").asText());
            }
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private void ask(String method, String params) throws IOException {
        client.send(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
                        + method
                        + "\",\"params\":"
                        + params
                        + "}\n");
    }

    void stop() throws IOException {
        ask("capture.stop", "{}");
    }

    /** Reads to the end; returns why it came. */
    String readToEnd() throws IOException {
        while (true) {
            JsonNode line = json.readTree(client.line());
            if (!line.has("method")) {
                continue; // an answer
            }
            JsonNode piece = line.path("params");
            pcapng.write(piece.path("data").binaryValue());
            frames = piece.path("frames").asLong();
            missed = piece.path("missed").asLong();
            if (piece.has("end")) {
                return piece.path("end").asText();
            }
        }
    }

    long frames() {
        return frames;
    }

    long missed() {
        return missed;
    }

    byte[] pcapng() {
        return pcapng.toByteArray();
    }

    Path save(Path file) throws IOException {
        return Files.write(file, pcapng());
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
