package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.FrameClient;

/** Real shells complete the real program's commands, with the ports of a switch that runs. */
@Timeout(300)
class CompletionIT {
    @TempDir private Path temp;
    private Program lanyard;
    private Path bin;

    @BeforeEach
    void start() throws Exception {
        lanyard = Program.in(temp.resolve("lan0"));
        Path file = temp.resolve("lab.toml");
        Files.writeString(
                file,
                "[ports.web]\nstream = { listen = \"unix:w\" }\nvlan = { access = 20 }\n"
                        + "[ports.wiki]\nstream = { listen = \"unix:k\" }\nvlan = { access = 30 }\n"
                        + "[ports.lab]\nstream = { listen = \"unix:l\" }\nvlan = { access = 20 }\n");
        lanyard.succeed("start", "--config", file.toString());
        bin = Files.createDirectory(temp.resolve("bin"));
        script(
                "lanyard",
                "#!/bin/sh\nexec '%s' -cp '%s' org.lanyard.cli.Lanyard \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                Program.packaged().resolve("lanyard.jar")));
    }

    @AfterEach
    void cleanUp() throws IOException {
        lanyard.cleanUp();
    }

    private Path script(String name, String text) throws IOException {
        Path script = Files.writeString(bin.resolve(name), text);
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What a command writes, with this program on its PATH. */
    private String output(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        builder.environment().put("LANYARD_RUNTIME_DIR", lanyard.dir().toString());
        builder.environment().put("HOME", temp.toString());
        builder.environment().put("TERM", "dumb");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return text;
    }

    private List<String> bash(String line) throws Exception {
        return output(
                        "bash",
                        "--norc",
                        "-c",
                        "source <(lanyard completion bash); COMP_LINE=$1 COMP_POINT=${#1};"
                                + " \"$(complete -p lanyard | sed 's/.*-F \\([^ ]*\\).*/\\1/')\";"
                                + " printf '%s\\n' \"${COMPREPLY[@]}\"",
                        "bash",
                        line)
                .lines()
                .toList();
    }

    private List<String> fish(String line) throws Exception {
        String command = "lanyard completion fish | source; complete -C $argv[1]";
        return output("fish", "--no-config", "-c", command, line)
                .lines()
                .map(candidate -> candidate.split("\t")[0])
                .toList();
    }

    /** Types a line and a TAB into an interactive zsh, and returns the line that stands there. */
    private String zsh(String line) throws Exception {
        Path driver =
                script(
                        "drive-zsh",
                        """
                        #!/usr/bin/env zsh
                        zmodload zsh/zpty
                        zpty shell zsh -f -i
                        expect() {
                            local seen= chunk
                            repeat 600; do
                                while zpty -r -t shell chunk; do seen+=$chunk; done
                                [[ $seen == *$1* ]] && { print -r -- "$seen"; return }
                                sleep 0.1
                            done
                            print -r -- "no '$1' in: $seen"
                            exit 1
                        }
                        zpty -w shell 'PROMPT=; unsetopt zle_bracketed_paste 2> /dev/null'
                        zpty -w shell 'autoload -U compinit; compinit -u -D; setopt list_packed'
                        zpty -w shell 'source <(lanyard completion zsh); report() { print "LINE[$BUFFER]E$((1 + 1))"; }'
                        zpty -w shell 'zle -N report; bindkey "^X" report; print READY$((1 + 1))'
                        expect READY2 > /dev/null
                        zpty -w -n shell "$1"$'\\t'
                        sleep 0.3
                        zpty -w -n shell $'\\C-x'
                        expect ']E2'
                        zpty -d shell
                        """);
        return output(driver.toString(), line);
    }

    @Test
    void shouldCompletePortsInBash() throws Exception {
        assertEquals(List.of("web", "wiki", "lab"), bash("lanyard port show "));
        assertEquals(List.of("web", "wiki"), bash("lanyard port show w"));
        assertEquals(List.of("web"), bash("lanyard fdb flush --port=we"), "readline keeps --port=");
        assertEquals(List.of("20", "30"), bash("lanyard fdb flush --vlan "));
        assertEquals(List.of("start", "status", "stop"), sorted(bash("lanyard st")));
    }

    @Test
    void shouldCompleteAddressesBehindTheirColonsInBash() throws Exception {
        try (FrameClient first = FrameClient.at(lanyard.path("w"));
                FrameClient second = FrameClient.at(lanyard.path("l"))) {
            FrameClient.meet(first, second);
            first.send(FrameClient.frame(0xffff_ffff_ffffL, 0x5254_0000_0a01L, "hello"));
            second.receive();
            assertEquals(List.of("00:0a:01"), bash("lanyard fdb del 52:54:00:"));
            assertEquals(
                    List.of("web", "web/1", "wiki", "lab", "lab/1"), bash("lanyard port show "));
        }
    }

    @Test
    void shouldCompleteFilesInBash() throws Exception {
        assertEquals(List.of(temp + "/lab.toml"), bash("lanyard config check " + temp + "/lab."));
    }

    @Test
    void shouldCompletePortsInFish() throws Exception {
        assertEquals(List.of("lab", "web", "wiki"), sorted(fish("lanyard port show ")));
        assertEquals(List.of("web", "wiki"), sorted(fish("lanyard port show w")));
        assertEquals(List.of("start", "status", "stop"), sorted(fish("lanyard st")));
        assertEquals(List.of(temp + "/lab.toml"), fish("lanyard config check " + temp + "/lab."));
    }

    @Test
    void shouldCompletePortsInZsh() throws Exception {
        String line = zsh("lanyard port show l");
        assertTrue(line.contains("LINE[lanyard port show lab ]"), line);
        String option = zsh("lanyard run --log-format j");
        assertTrue(option.contains("LINE[lanyard run --log-format json ]"), option);
    }

    @Test
    void shouldSaySilentlyNothingWithoutASwitch() throws Exception {
        lanyard.succeed("stop");
        assertEquals(
                "",
                output(bin.resolve("lanyard").toString(), "complete", "--", "port", "show", ""));
        assertEquals(List.of(""), bash("lanyard port show "));
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }
}
