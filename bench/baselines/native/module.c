// What JavaScript may call. All numbers; a counter is a number too, as forest.h gives them out. Nothing is checked that
// the benchmarks cannot get wrong: the glue is to cost as little as it can.

#include <node_api.h>
#include <stdlib.h>

#include "forest.h"
#include "loop.h"
#include "lru.h"
#include "protection.h"

#define ARGUMENTS_MAX 4

static double number(napi_env env, napi_value value) {
  double result = 0;
  napi_get_value_double(env, value, &result);
  return result;
}

static napi_value to_number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

static void arguments(napi_env env, napi_callback_info info, napi_value *values) {
  size_t count = ARGUMENTS_MAX;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
}

static struct counter *counter(napi_env env, napi_value value) {
  uint32_t index = UINT32_MAX;
  napi_get_value_uint32(env, value, &index);
  struct counter *found = forest_at(index);
  if (found == NULL) napi_fatal_error("bench", NAPI_AUTO_LENGTH, "no such counter", NAPI_AUTO_LENGTH);
  return found;
}

static const int32_t *integers(napi_env env, napi_value value, size_t *count) {
  void *data = NULL;
  napi_get_typedarray_info(env, value, NULL, count, &data, NULL, NULL);
  return data;
}

// plant(parents: Int32Array): number
static napi_value plant(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  size_t count = 0;
  const int32_t *parents = integers(env, values[0], &count);
  return to_number(env, forest_plant(parents, count));
}

// set(counter, min, low, max); a max below 0 is none
static napi_value set(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct counter *target = counter(env, values[0]);
  counter_protect(target, number(env, values[1]), number(env, values[2]));
  double max = number(env, values[3]);
  target->max = max < 0 ? UINT64_MAX : (uint64_t)max;
  return NULL;
}

static napi_value usage(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  return to_number(env, atomic_load(&counter(env, values[0])->usage));
}

static napi_value failures(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  return to_number(env, atomic_load(&counter(env, values[0])->failures));
}

// What the children ask for together: asked(counter, 0: min, 1: low)
static napi_value asked(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct counter *target = counter(env, values[0]);
  struct asked *kind = number(env, values[1]) == 0 ? &target->min_asked : &target->low_asked;
  return to_number(env, atomic_load(&kind->children));
}

// tryCharge(counter, bytes): 1 or 0
static napi_value try_charge(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  return to_number(env, counter_try_charge(counter(env, values[0]), number(env, values[1])));
}

static napi_value uncharge(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  counter_uncharge(counter(env, values[0]), number(env, values[1]));
  return NULL;
}

// chargeLoop(counter, bytes, times): how often it succeeded
static napi_value charge_loop(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct counter *leaf = counter(env, values[0]);
  return to_number(env, loop_charge(leaf, number(env, values[1]), number(env, values[2])));
}

static napi_value floor_loop(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct counter *leaf = counter(env, values[0]);
  return to_number(env, loop_floor(leaf, number(env, values[1]), number(env, values[2])));
}

struct choice {
  size_t count;
  struct counter *counters[];
};

// choose(counters: Int32Array): what chargeChosen goes through. It is there for good.
static napi_value choose(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  size_t count = 0;
  const int32_t *chosen = integers(env, values[0], &count);
  struct choice *choice = malloc(sizeof(struct choice) + count * sizeof(struct counter *));
  napi_value result = NULL;
  if (choice == NULL) return result;
  choice->count = count;
  for (size_t i = 0; i < count; i++) choice->counters[i] = forest_at(chosen[i]);
  napi_create_external(env, choice, NULL, NULL, &result);
  return result;
}

// chargeChosen(choice, bytes): how often it succeeded
static napi_value charge_chosen(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  void *data = NULL;
  napi_get_value_external(env, values[0], &data);
  const struct choice *choice = data;
  return to_number(env, loop_charge_each(choice->counters, choice->count, number(env, values[1])));
}

// walk(limit, test): 1 or 0, after a walk over all that is below the limit
static napi_value walk(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  return to_number(env, valuable_by_walk(counter(env, values[0]), counter(env, values[1])));
}

// list(pools: Int32Array): a list of buffers, the oldest first, by the pools that they are in. It is there for good.
static napi_value list(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  size_t count = 0;
  const int32_t *pools = integers(env, values[0], &count);
  struct buffer *buffers = calloc(count, sizeof(struct buffer));
  napi_value result = NULL;
  if (buffers == NULL) return result;
  for (size_t i = 0; i < count; i++) buffers[i].pool = forest_at(pools[i]);
  lru_link(buffers, count);
  napi_create_external(env, buffers, NULL, NULL, &result);
  return result;
}

static napi_value scan_asking(napi_env env, napi_callback_info info, question may_go) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  void *oldest = NULL;
  napi_get_value_external(env, values[0], &oldest);
  return to_number(env, lru_scan(oldest, counter(env, values[1]), may_go));
}

// scan(list, limit): how many it passes over, with a walk over all that is below the limit for each
static napi_value scan(napi_env env, napi_callback_info info) { return scan_asking(env, info, valuable_by_walk); }

// scanByPath(list, limit): the same, with a walk from the limit down for each
static napi_value scan_by_path(napi_env env, napi_callback_info info) {
  return scan_asking(env, info, valuable_by_path);
}

static void offer(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  offer(env, exports, "plant", plant);
  offer(env, exports, "set", set);
  offer(env, exports, "usage", usage);
  offer(env, exports, "failures", failures);
  offer(env, exports, "asked", asked);
  offer(env, exports, "tryCharge", try_charge);
  offer(env, exports, "uncharge", uncharge);
  offer(env, exports, "chargeLoop", charge_loop);
  offer(env, exports, "floorLoop", floor_loop);
  offer(env, exports, "choose", choose);
  offer(env, exports, "chargeChosen", charge_chosen);
  offer(env, exports, "walk", walk);
  offer(env, exports, "list", list);
  offer(env, exports, "scan", scan);
  offer(env, exports, "scanByPath", scan_by_path);
  return exports;
}
