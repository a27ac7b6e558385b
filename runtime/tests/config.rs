//! Settings as text.
#![cfg(feature = "executor")]

use tensor_wasm_runtime::{Allocator, ConfigError, EngineConfig, PoolSize};

#[test]
fn every_listed_key_is_known_and_no_other() {
    for key in EngineConfig::KEYS {
        let error = EngineConfig::default()
            .set(key, "no such value")
            .unwrap_err();
        assert!(
            matches!(error, ConfigError::InvalidValue { .. }),
            "{key}: {error}"
        );
    }
    let error = EngineConfig::default()
        .set("compiller", "winch")
        .unwrap_err();
    assert!(matches!(error, ConfigError::UnknownKey { .. }));
}

#[test]
fn a_pool_setting_chooses_the_pooling_allocator_and_keeps_earlier_ones() {
    let mut config = EngineConfig::default();
    config.set("pool-tables", "7").unwrap();
    config.set("pool-memory-bytes", "65_536").unwrap();
    let expected = PoolSize {
        tables: 7,
        memory_bytes: 65_536,
        ..PoolSize::default()
    };
    assert_eq!(config.allocator, Allocator::Pooling(expected));
}
