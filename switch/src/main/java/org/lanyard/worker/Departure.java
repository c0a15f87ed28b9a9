package org.lanyard.worker;

/** Why a port left its worker. */
public enum Departure {
    PEER_CLOSED("the other end closed the connection"),
    NO_ANSWER("no answer from the other end (keepalive)"),
    NOT_FRAMES("what came first is no frame length, so this is no stream of frames"),
    LOST_STEP("a length above the maximum: the stream of frames is out of step"),
    NO_SLOT("the switch has no port left (max-ports)"),
    RETIRED("the switch let go of it"),
    STOPPED("the switch stops"),
    FAULT("an error in the switch itself; please report it");

    private final String sentence;

    Departure(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
