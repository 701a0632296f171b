#include "device.hpp"

#include "cuda_device.hpp"

Device open_device(const Machine& machine, const std::string& verb) {
  if (machine.device == "cuda") return cuda_device(machine, verb);
  const shoal::Cpu cpu = machine.cpu();
  return Device(cpu, cpu, machine);
}
