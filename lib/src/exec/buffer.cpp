// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/buffer.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/copy.hpp"
#include "exec/cuda_backend.hpp"

#include <cstring>
#include <limits>
#include <new>
#include <string>

namespace credence::exec {

namespace {

constexpr std::align_val_t alignment{64};

[[noreturn]] [[maybe_unused]] void fail_not_built(const char* where) {
  throw not_built_error(std::string(where) + ": this build has no CUDA (configure with -DCREDENCE_CUDA=ON)");
}

}  // namespace

void* detail::allocate(const context& ctx, std::int64_t count, std::int64_t element_size) {
  check::at_least("exec::buffer", "size", count, 0);
  if (count == 0) return nullptr;
  if (count > std::numeric_limits<std::int64_t>::max() / element_size) {
    throw memory_error("exec::buffer: size is " + std::to_string(count) + ", but must fit in memory");
  }
  const std::int64_t bytes = count * element_size;
  if (ctx.where == backend::cuda) {
#ifdef CREDENCE_HAVE_CUDA
    return cuda_backend::allocate(ctx, bytes);
#else
    fail_not_built("exec::buffer");
#endif
  }
  void* memory = ::operator new(static_cast<std::size_t>(bytes), alignment, std::nothrow);
  if (memory == nullptr) {
    throw memory_error("exec::buffer: size is " + std::to_string(bytes) + " bytes, but must fit in memory");
  }
  return memory;
}

void detail::deallocate([[maybe_unused]] const context& ctx, void* memory) noexcept {
  if (memory == nullptr) return;
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) return cuda_backend::deallocate(ctx, memory);
#endif
  ::operator delete(memory, alignment);
}

void copy_bytes_async(const context& to_where, void* to, const context& from_where, const void* from,
                      std::int64_t bytes) {
  if (bytes == 0) return;
  if (to_where.where == backend::cuda || from_where.where == backend::cuda) {
#ifdef CREDENCE_HAVE_CUDA
    return cuda_backend::copy_async(to_where, to, from_where, from, bytes);
#else
    fail_not_built("exec::copy");
#endif
  }
  std::memmove(to, from, static_cast<std::size_t>(bytes));
}

void copy_bytes(const context& to_where, void* to, const context& from_where, const void* from, std::int64_t bytes) {
  copy_bytes_async(to_where, to, from_where, from, bytes);
  if (from_where.where == backend::cuda) synchronize(from_where);
  if (to_where.where == backend::cuda) synchronize(to_where);
}

void synchronize([[maybe_unused]] const context& ctx) {
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) cuda_backend::synchronize(ctx);
#endif
}

}  // namespace credence::exec
