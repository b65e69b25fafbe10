package io.windrow.connectors.postgres;

import io.windrow.rules.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
    @Test
    void theModuleKeepsTheHouseRules() {
        HouseRules.check();
    }
}
