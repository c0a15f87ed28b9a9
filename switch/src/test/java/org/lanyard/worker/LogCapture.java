package org.lanyard.worker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/** What some classes log while this is open, instead of on the console. */
final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private LogCapture(Logger logger) {
        this.logger = logger;
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /**
     * @param name of a class or a package
     */
    static LogCapture of(String name) {
        return new LogCapture(Logger.getLogger(name));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** How many lines have a match of the expression in them. */
    long count(String expression) {
        Pattern pattern = Pattern.compile(expression);
        return lines.stream().filter(line -> pattern.matcher(line).find()).count();
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line.getMessage());
    }

    @Override
    public void flush() {
        // Nothing waits.
    }

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
