import { describe, expect, it } from '@jest/globals';
import { ClusterCircuit } from './cluster-circuit.js';

describe('the circuit of a cluster', () => {
  let now = 0;
  const circuitAt = (): ClusterCircuit => {
    now = 0;
    return new ClusterCircuit(
      () => now,
      () => 0,
    );
  };

  it('opens after some outages in a row, is tried after a while, and closes with the first answer', () => {
    const circuit = circuitAt();
    expect([circuit.state, circuit.health]).toEqual(['closed', 'well']);
    circuit.outage();
    expect([circuit.state, circuit.health]).toEqual(['closed', 'in_trouble']);
    circuit.outage();
    circuit.outage();
    expect([circuit.state, circuit.health]).toEqual(['open', 'shut']);
    expect(circuit.opening).toEqual({ openedAt: 0, nextTryAt: 2_000 });
    now = 2_000;
    expect([circuit.state, circuit.health]).toEqual(['half_open', 'in_trouble']);
    circuit.outage();
    expect(circuit.opening).toEqual({ openedAt: 0, nextTryAt: 6_000 });
    circuit.answered();
    expect([circuit.state, circuit.health, circuit.opening]).toEqual(['closed', 'well', null]);
  });

  it('stays open longer each time, up to half a minute', () => {
    const circuit = circuitAt();
    for (let outage = 0; outage < 20; outage++) circuit.outage();
    now = 29_999;
    expect(circuit.state).toBe('open');
    now = 30_000;
    expect(circuit.state).toBe('half_open');
  });

  it('learns nothing from calls that the client did not even send', () => {
    const circuit = circuitAt();
    circuit.refused(60_000);
    expect(circuit.state).toBe('closed');
    for (let outage = 0; outage < 3; outage++) circuit.outage();
    now = 2_000;
    circuit.refused(1_000);
    expect(circuit.state).toBe('open');
    now = 3_000;
    expect(circuit.state).toBe('half_open');
  });
});
