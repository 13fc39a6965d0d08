return await Sluice.Silo.SiloProgram.RunAsync(args);
