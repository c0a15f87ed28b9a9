package org.lanyard.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * A notification {@code capture}. More than a hundred megabytes of them may come in a second, so
 * the data are decoded as they are read.
 *
 * @param data whole blocks of pcapng
 * @param frames how many came up to now
 * @param missed how many there was no room for
 */
record CapturePiece(byte[] data, long frames, long missed, boolean isLast) {
    private static final JsonFactory JSON = new JsonFactory();

    static CapturePiece read(byte[] line) throws IOException {
        byte[] data = {};
        long frames = 0;
        long missed = 0;
        boolean isLast = false;
        try (JsonParser parser = JSON.createParser(line)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
                    switch (parser.currentName()) {
                        case "data" -> data = parser.getBinaryValue();
                        case "frames" -> frames = parser.getLongValue();
                        case "missed" -> missed = parser.getLongValue();
                        case "end" -> isLast = true;
                        default -> {}
                    }
                }
            }
        }
        return new CapturePiece(data, frames, missed, isLast);
    }
}
