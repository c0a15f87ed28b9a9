package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lanyard.doctor.Doctor;
import org.lanyard.doctor.Finding;
import org.lanyard.doctor.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description = {
            "Tell what this host can and cannot do for a switch, and the mend for each.",
            "Changes nothing. Ends with 1 where no switch can run."
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() {
        List<Finding> findings =
                new ArrayList<>(new Doctor(new Host(), target.dir().path()).examine());
        running().ifPresent(findings::add);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(asJson(findings).toPrettyString());
        } else {
            Ansi ansi = Terminal.ansi();
            findings.forEach(finding -> print(finding, ansi, out));
        }
        out.flush();
        boolean bad = findings.stream().anyMatch(f -> f.verdict() == Finding.Verdict.BAD);
        return bad ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** Where no switch runs, or none that this user may ask, there is nothing to tell. */
    private Optional<Finding> running() {
        try (RpcClient client = RpcClient.connect(target.dir())) {
            JsonNode status = client.call("status");
            JsonNode files = status.path("descriptors");
            return files.isMissingNode()
                    ? Optional.empty()
                    : Optional.of(
                            Doctor.running(
                                    status.path("pid").asLong(),
                                    files.path("most").asLong(),
                                    files.path("kept").asLong(),
                                    status.path("max_ports").asLong()));
        } catch (CommandFailure e) {
            return Optional.empty();
        }
    }

    private static String word(Finding finding) {
        return finding.verdict().name().toLowerCase(Locale.ROOT);
    }

    private static ArrayNode asJson(List<Finding> findings) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Finding finding : findings) {
            array.addObject()
                    .put("subject", finding.subject())
                    .put("verdict", word(finding))
                    .put("found", finding.found())
                    .put("mend", finding.mend());
        }
        return array;
    }

    private static void print(Finding finding, Ansi ansi, PrintWriter out) {
        String style =
                switch (finding.verdict()) {
                    case GOOD -> "green";
                    case NOTE -> "yellow";
                    case BAD -> "red";
                };
        String verdict = ansi.string("@|" + style + " " + word(finding) + "|@");
        String pad = " ".repeat(5 - word(finding).length());
        out.printf("%s%s %-10s  %s%n", verdict, pad, finding.subject(), finding.found());
        if (!finding.mend().isEmpty()) {
            out.printf("%18s%s%n", "> ", finding.mend());
        }
    }
}
