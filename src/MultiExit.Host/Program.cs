using MultiExit.Host;

return (int)await CommandLine.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
