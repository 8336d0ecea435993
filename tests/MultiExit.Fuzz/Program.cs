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
        if (args is ["list"])
        {
            foreach (FuzzTarget each in FuzzTargets.All) Console.WriteLine(each.Name);
            return 0;
        }
        FuzzTarget[] targets = args.Length == 0 ? [] : [.. FuzzTargets.All.Where(each => args[0] == "all" || args[0] == each.Name)];
        if (targets.Length == 0)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        switch (args[1..])
        {
            case ["--afl"]:
                Fuzzer.OutOfProcess.Run(stream => targets[0].Run(ReadAll(stream)));
                return 0;
            case ["--replay", var file]:
                byte[] input = File.ReadAllBytes(file);
                return Report(new FuzzRunner(targets[0]).Try(input) is { } fault ? new FuzzFinding(targets[0].Name, input, null,
                    fault) : null);
            case ["--export", var folder]:
                Directory.CreateDirectory(folder);
                int number = 0;
                foreach (byte[] each in Corpus.Of(targets[0].Name).Where(each => each.Length > 0))
                    File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number++:000}")), each);
                return 0;
            default:
                return Fuzz(targets, Option(args, "--seconds") ?? 20, Option(args, "--seed") ?? Random.Shared.Next());
        }
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
