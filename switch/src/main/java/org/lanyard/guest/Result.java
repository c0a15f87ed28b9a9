package org.lanyard.guest;

/**
 * What a command did in a guest.
 *
 * @param output all it printed, errors too, without white space around it
 * @param status the shell's {@code $?}: 0 for success
 */
public record Result(String output, int status) {
    public boolean succeeded() {
        return status == 0;
    }
}
