package org.lanyard.demo;

/** A step of the demonstration did not show what it should. */
public final class DemoFailure extends Exception {
    private static final long serialVersionUID = 1L;

    DemoFailure(String message) {
        super(message);
    }
}
