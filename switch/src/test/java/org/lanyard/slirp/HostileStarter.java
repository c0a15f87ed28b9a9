package org.lanyard.slirp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lanyard.tapio.Enclosure;

/**
 * Starts a {@link HostileChild} as a switch starts a user port's child; who runs it is its user.
 */
public final class HostileStarter {
    private HostileStarter() {}

    /** First whether namespaces may be tried, then what the child is to know. */
    public static void main(String[] arguments) throws Exception {
        Enclosure enclosure =
                Enclosure.best(
                        Optional.of(Path.of("/usr/bin/unshare")),
                        Optional.of(Path.of("/usr/bin/setpriv")),
                        Boolean.parseBoolean(arguments[0]));
        System.out.println("enclosure: " + enclosure.kind());
        System.out.flush();
        Process child = start(enclosure, List.of(arguments).subList(1, arguments.length));
        int status = child.waitFor();
        System.out.println("status: " + status);
        System.exit(status);
    }

    private static Process start(Enclosure enclosure, List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String temporary = System.getProperty("java.io.tmpdir");
        command.addAll(List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.add("-Djna.tmpdir=" + temporary);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(HostileChild.class.getName());
        command.add(Main.PARENT + ProcessHandle.current().pid());
        if (enclosure.kind() == Enclosure.Kind.NAMESPACES) {
            command.add(Main.NAMESPACES + true);
        }
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return enclosure.start(builder, "hostile", List.of(Path.of(temporary)), () -> {});
    }
}
