package org.lanyard.doctor;

/**
 * What one look at the host found.
 *
 * @param mend what to do about it, or empty where nothing is to be done
 */
public record Finding(String subject, Verdict verdict, String found, String mend) {
    /** How much it matters. */
    public enum Verdict {
        GOOD,
        /** Something is missing that not everybody needs. */
        NOTE,
        /** No switch can run like this. */
        BAD
    }

    static Finding good(String subject, String found) {
        return new Finding(subject, Verdict.GOOD, found, "");
    }

    static Finding note(String subject, String found, String mend) {
        return new Finding(subject, Verdict.NOTE, found, mend);
    }

    static Finding bad(String subject, String found, String mend) {
        return new Finding(subject, Verdict.BAD, found, mend);
    }
}
