package org.lanyard.port;

/** The stand-in for tests keeps what it stands for. */
final class MemoryPortTest extends BackPressureContractTest {
    @Override
    PortRig open(int backlogLimit) {
        return new MemoryRig(pool, backlogLimit);
    }
}
