select bench.replay(nextval('bench.batch'));
