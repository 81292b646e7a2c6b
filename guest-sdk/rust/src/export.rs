//! Makes a component of a filter.

/// Exports the filter as the component's own. Once per `cdylib`; natively it only checks that the type is a
/// filter. The expansion holds unsafe code, so a filter's crate can deny `unsafe_code`, but not forbid it.
///
/// ```
/// # use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};
/// # struct Keep;
/// # impl Filter for Keep {
/// #     type Config = ();
/// #     const NAME: &'static str = "keep";
/// #     fn configure((): ()) -> Result<Self, ConfigErrors> { Ok(Self) }
/// #     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> { Ok(()) }
/// # }
/// logagent_sdk::export!(Keep);
/// ```
#[macro_export]
macro_rules! export {
    ($filter:ty) => {
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = || {
            fn is_a_filter<F: $crate::Filter>() {}
            is_a_filter::<$filter>();
        };

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
        const _: () = {
            use $crate::__private::bindings;

            ::std::thread_local! {
                static RUNNING: ::core::cell::RefCell<::core::option::Option<$crate::__private::Running<$filter>>> =
                    const { ::core::cell::RefCell::new(::core::option::Option::None) };
            }

            struct Exported;

            impl bindings::Guest for Exported {
                fn configure(
                    config: ::std::string::String,
                ) -> ::core::result::Result<bindings::Description, ::std::vec::Vec<bindings::ConfigProblem>> {
                    $crate::__private::configure(&RUNNING, &config, ::core::env!("CARGO_PKG_VERSION"))
                }

                fn process(batch: bindings::BatchInfo) -> ::core::result::Result<(), ::std::string::String> {
                    $crate::__private::process(&RUNNING, batch)
                }

                fn tick(now_unix_nano: u64) -> ::core::result::Result<(), ::std::string::String> {
                    $crate::__private::tick(&RUNNING, now_unix_nano)
                }
            }

    bindings::export_filter!(Exported with_types_in bindings);
        };
    };
}
