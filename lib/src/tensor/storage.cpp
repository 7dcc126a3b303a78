// SPDX-License-Identifier: BSD-3-Clause
#include "tensor/storage_cuda.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/tensor.hpp"

#include <cstring>
#include <new>
#include <string>

namespace credence::detail {

namespace {

constexpr std::align_val_t alignment{64};  // a cache line, and the widest vector register

bool on_cpu(const exec::context& ctx) { return ctx.where == exec::backend::cpu; }

}  // namespace

void* allocate_elements(const exec::context& ctx, std::int64_t bytes) {
  if (!on_cpu(ctx)) return cuda::allocate(ctx, bytes);
  // Kernels may read whole vectors of the last cache line.
  void* memory = ::operator new(static_cast<std::size_t>((bytes + 63) / 64 * 64), alignment, std::nothrow);
  if (memory == nullptr) {
    throw memory_error("tensor: size is " + std::to_string(bytes) + " bytes, but must fit the free memory");
  }
  return memory;
}

void free_elements(const exec::context& ctx, void* memory) noexcept {
  if (on_cpu(ctx)) {
    ::operator delete(memory, alignment);
  } else {
    cuda::release(ctx, memory);
  }
}

void copy_bytes(const exec::context& from_ctx, const void* from, const exec::context& to_ctx, void* to,
                std::int64_t bytes) {
  if (bytes == 0) return;
  if (!on_cpu(from_ctx) || !on_cpu(to_ctx)) return cuda::copy(from_ctx, from, to_ctx, to, bytes);
  if (from == nullptr) {
    std::memset(to, 0, static_cast<std::size_t>(bytes));
  } else {
    std::memcpy(to, from, static_cast<std::size_t>(bytes));
  }
}

void fail_not_on_cpu(const char* where) {
  throw domain_error(std::string(where) + ": the tensor is on a device, but must be on the CPU");
}

#ifndef CREDENCE_HAVE_CUDA
namespace cuda {
namespace {
[[noreturn]] void fail() { throw not_built_error("tensor: context is cuda, but this build has no CUDA"); }
}  // namespace
void* allocate(const exec::context&, std::int64_t) { fail(); }
void release(const exec::context&, void*) noexcept {}
void copy(const exec::context&, const void*, const exec::context&, void*, std::int64_t) { fail(); }
}  // namespace cuda
#endif

}  // namespace credence::detail
