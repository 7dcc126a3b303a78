// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/query_templates.hpp"

namespace credence::detail::CREDENCE_ISA {

void nearest_in_tree(nearest_task<std::int8_t>& task) { nearest_with<std::int8_t>(task); }
void within_radius(range_task<std::int8_t>& task) { within_with<std::int8_t>(task); }
void inside_box(box_task<std::int8_t>& task) { box_with<std::int8_t>(task); }

}  // namespace credence::detail::CREDENCE_ISA
