package org.lanyard.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A log file that can't fill the disk: when it reaches its limit it becomes {@code <name>.1}, in
 * place of the one before, and a new one is begun.
 */
final class RotatingFile extends OutputStream {
    private static final long LIMIT = 8 << 20;

    private final Path file;
    private OutputStream out;
    private long size;

    RotatingFile(Path file) throws IOException {
        this.file = file;
        open();
    }

    private void open() throws IOException {
        out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(file);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (size + length > LIMIT) {
            out.close();
            Files.move(
                    file,
                    file.resolveSibling(file.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
            open();
        }
        out.write(bytes, offset, length);
        size += length;
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
