using System.Globalization;
using SharpFuzz;

namespace MultiExit.Fuzz;

/// <summary>The command line; docs/developer-guide.md has it.</summary>
internal static class Program
{
    private const string Usage = """
        fuzz TARGET|all [--seconds N] [--seed N]   mutates the corpus; without --seed another one each time
        fuzz TARGET --replay FILE                  gives it one input
        fuzz TARGET --export FOLDER                writes the corpus as files, for afl-fuzz -i
        fuzz TARGET --afl                          runs under afl-fuzz
        fuzz list                                  names the targets
        """;

    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["list"]:
                foreach (FuzzTarget each in FuzzTargets.All) Console.WriteLine(each.Name);
                return 0;
            // An instrumented engine must not run before the memory is there that it reports to, so the targets are made in the loop.
            case [var name, "--afl"]:
                FuzzRunner? runner = null;
                Fuzzer.OutOfProcess.Run(stream =>
                {
                    runner ??= new FuzzRunner(FuzzTargets.All.Single(each => each.Name == name));
                    if (runner.Try(ReadAll(stream)) is { } exception) throw exception;
                });
                return 0;
            case [var name, "--export", var folder]:
                return Export(name, folder);
            case [var name, ..] when FuzzTargets.All.Where(each => name is "all" || each.Name == name).ToArray() is { Length: > 0 } targets:
                if (args is not [_, "--replay", var file])
                    return Fuzz(targets, Option(args, "--seconds") ?? 20, Option(args, "--seed") ?? Random.Shared.Next());
                byte[] input = File.ReadAllBytes(file);
                return Report(new FuzzRunner(targets[0]).Try(input) is { } fault ? new FuzzFinding(name, input, null, fault) : null);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static int Export(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        int number = 0;
        foreach (byte[] input in Corpus.Of(name).Where(input => input.Length > 0))
            File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number++:000}")), input);
        return 0;
    }

    private static int Fuzz(FuzzTarget[] targets, int seconds, int seed)
    {
        int worst = 0;
        foreach (FuzzTarget target in targets)
        {
            FuzzRunner runner = new(target);
            int inputs = 0;
            worst = Math.Max(worst, Report(runner.Replay() ?? runner.Mutate(TimeSpan.FromSeconds(seconds), seed, out inputs)));
            Console.WriteLine($"{target.Name}: {inputs} inputs from seed {seed} on");
        }
        return worst;
    }

    private static int Report(FuzzFinding? finding)
    {
        if (finding is null) return 0;
        Console.WriteLine(finding);
        return 1;
    }

    private static int? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is > 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : null;

    private static byte[] ReadAll(Stream stream)
    {
        using MemoryStream all = new();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
