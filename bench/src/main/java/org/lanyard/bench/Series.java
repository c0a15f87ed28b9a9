package org.lanyard.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One figure's repetitions. */
record Series(List<Double> figures) {
    Series {
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("a series of nothing");
        }
        List<Double> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        figures = List.copyOf(sorted);
    }

    double median() {
        int middle = figures.size() / 2;
        return figures.size() % 2 == 1
                ? figures.get(middle)
                : (figures.get(middle - 1) + figures.get(middle)) / 2;
    }

    double lowest() {
        return figures.get(0);
    }

    double highest() {
        return figures.get(figures.size() - 1);
    }

    /** The greatest distance from the median, as a part of it; 0 where the median is 0. */
    double spread() {
        double median = median();
        return median == 0 ? 0 : Math.max(highest() - median, median - lowest()) / median;
    }
}
