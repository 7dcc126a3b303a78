// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <cstdint>

/// Memory on CUDA devices. Without CUDA each of these throws not_built_error.
namespace credence::detail::cuda {

void* allocate(const exec::context& ctx, std::int64_t bytes);
void release(const exec::context& ctx, void* memory) noexcept;
/// Between any two places; `from` null writes zeros. Returns when the copy is complete.
void copy(const exec::context& from_ctx, const void* from, const exec::context& to_ctx, void* to, std::int64_t bytes);

}  // namespace credence::detail::cuda
