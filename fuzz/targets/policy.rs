//! Any text as a policy: what is taken is written and read again as the same policy.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secondlook::routing::Policy;

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::from_json(text) {
        let again = Policy::from_json(&policy.to_json()).map(|again| again.reference());
        assert_eq!(again.ok(), Some(policy.reference()));
    }
});
