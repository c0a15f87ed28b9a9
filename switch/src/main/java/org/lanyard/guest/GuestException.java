package org.lanyard.guest;

/** A guest did not do what was asked; the message ends with the last lines of its console. */
public final class GuestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GuestException(String message) {
        super(message);
    }

    public GuestException(String message, Throwable cause) {
        super(message, cause);
    }
}
