// What the library needs of the system and Node does not offer: to put the memory of the core onto a file, to reserve
// the file's blocks, and locks that the system itself takes back from whoever dies.
//
// Every function answers 0 or an errno. Descriptors are numbers, as those of node:fs. Nothing here is called when
// memory is charged.

#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define NAPI_VERSION 8

#include <errno.h>
#include <fcntl.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOWEST_HELD 3 // not one of the standard streams

static napi_value number(napi_env env, int value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

// Reads whole numbers, the only arguments that there are besides a memory. false: an exception is pending.
static bool numbers(napi_env env, napi_callback_info info, size_t count, int64_t *values) {
  napi_value arguments[3];
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) == napi_ok && given >= count) {
    size_t read = 0;
    while (read < count && napi_get_value_int64(env, arguments[read], &values[read]) == napi_ok) read++;
    if (read == count) return true;
  }
  napi_throw_type_error(env, NULL, "Whole numbers are expected.");
  return false;
}

// A view of all bytes of what must be a WebAssembly.Memory: of anything else the pages are not ours to replace.
static bool whole_memory(napi_env env, napi_value memory, char **data, size_t *length) {
  napi_value global, namespace, constructor, buffer, view;
  bool is_memory = false;
  return napi_get_global(env, &global) == napi_ok &&
         napi_get_named_property(env, global, "WebAssembly", &namespace) == napi_ok &&
         napi_get_named_property(env, namespace, "Memory", &constructor) == napi_ok &&
         napi_instanceof(env, memory, constructor, &is_memory) == napi_ok && is_memory &&
         napi_get_named_property(env, memory, "buffer", &buffer) == napi_ok &&
         napi_get_named_property(env, global, "Uint8Array", &constructor) == napi_ok &&
         napi_new_instance(env, constructor, 1, &buffer, &view) == napi_ok &&
         napi_get_typedarray_info(env, view, NULL, length, (void **)data, NULL, NULL) == napi_ok;
}

static bool is_whole_pages(const char *data, size_t length) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return data != NULL && length != 0 && (uintptr_t)data % page == 0 && length % page == 0;
}

// map(memory, descriptor): puts a file of exactly that size over all pages of the memory. What they held is gone.
static napi_value map(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t given = 2;
  int32_t descriptor;
  char *data = NULL;
  size_t length = 0;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) != napi_ok || given < 2 ||
      !whole_memory(env, arguments[0], &data, &length) ||
      napi_get_value_int32(env, arguments[1], &descriptor) != napi_ok) {
    napi_throw_type_error(env, NULL, "A WebAssembly.Memory and a descriptor are expected.");
    return NULL;
  }
  if (!is_whole_pages(data, length)) return number(env, EINVAL);
  // Pages behind a file's end are a SIGBUS for whoever touches them. (Not fstat: it would ask for a newer C library.)
  if (lseek(descriptor, 0, SEEK_END) != (off_t)length) return number(env, EINVAL);
  void *mapped = mmap(data, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, 0);
  return number(env, mapped == MAP_FAILED ? errno : 0);
}

// reserve(descriptor, bytes): gives the file that size, with blocks for all of it.
static napi_value reserve(napi_env env, napi_callback_info info) {
  int64_t values[2];
  if (!numbers(env, info, 2, values)) return NULL;
  int error;
  do error = posix_fallocate((int)values[0], 0, values[1]);
  while (error == EINTR);
  return number(env, error);
}

static void close_held(void *descriptor) { close((int)(intptr_t)descriptor); }

// hold(descriptor): another descriptor for the same open file, negative: an errno. It is closed when this thread ends,
// in whatever way; so locks that belong to the open file go exactly then.
static napi_value hold(napi_env env, napi_callback_info info) {
  int64_t value;
  if (!numbers(env, info, 1, &value)) return NULL;
  const int held = fcntl((int)value, F_DUPFD_CLOEXEC, LOWEST_HELD);
  if (held < 0) return number(env, -errno);
  if (napi_add_env_cleanup_hook(env, close_held, (void *)(intptr_t)held) != napi_ok) {
    close(held);
    return number(env, -ENOMEM);
  }
  return number(env, held);
}

// drop(held): closes what hold gave.
static napi_value drop(napi_env env, napi_callback_info info) {
  int64_t value;
  if (!numbers(env, info, 1, &value)) return NULL;
  napi_remove_env_cleanup_hook(env, close_held, (void *)(intptr_t)value);
  return number(env, close((int)value) == 0 ? 0 : errno);
}

static struct flock range(int type, int64_t start, int64_t length) {
  return (struct flock){.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static napi_value set_lock(napi_env env, napi_callback_info info, int type) {
  int64_t values[3];
  if (!numbers(env, info, 3, values)) return NULL;
  struct flock lock = range(type, values[1], values[2]);
  return number(env, fcntl((int)values[0], F_OFD_SETLK, &lock) == 0 ? 0 : errno);
}

// lock(descriptor, start, bytes): takes all of these bytes for this open file alone, or answers EAGAIN.
static napi_value lock_bytes(napi_env env, napi_callback_info info) { return set_lock(env, info, F_WRLCK); }

// unlock(descriptor, start, bytes)
static napi_value unlock_bytes(napi_env env, napi_callback_info info) { return set_lock(env, info, F_UNLCK); }

// probe(descriptor, start, bytes): EAGAIN if another open file has locked one of these bytes.
static napi_value probe_bytes(napi_env env, napi_callback_info info) {
  int64_t values[3];
  if (!numbers(env, info, 3, values)) return NULL;
  struct flock lock = range(F_WRLCK, values[1], values[2]);
  if (fcntl((int)values[0], F_OFD_GETLK, &lock) != 0) return number(env, errno);
  return number(env, lock.l_type == F_UNLCK ? 0 : EAGAIN);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"map", NULL, map, NULL, NULL, NULL, napi_enumerable, NULL},
      {"reserve", NULL, reserve, NULL, NULL, NULL, napi_enumerable, NULL},
      {"hold", NULL, hold, NULL, NULL, NULL, napi_enumerable, NULL},
      {"drop", NULL, drop, NULL, NULL, NULL, napi_enumerable, NULL},
      {"lock", NULL, lock_bytes, NULL, NULL, NULL, napi_enumerable, NULL},
      {"unlock", NULL, unlock_bytes, NULL, NULL, NULL, napi_enumerable, NULL},
      {"probe", NULL, probe_bytes, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
