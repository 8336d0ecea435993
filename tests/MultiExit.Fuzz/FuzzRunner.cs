using System.Diagnostics;

namespace MultiExit.Fuzz;

/// <summary>Gives inputs to a target.</summary>
internal sealed class FuzzRunner(FuzzTarget target)
{
    // The slowest machine is far from it; code that is not linear is not.
    private static readonly TimeSpan SlowInput = TimeSpan.FromSeconds(2);
    private const int Attempts = 3;
    private readonly IReadOnlyList<byte[]> _corpus = Corpus.Of(target.Name);

    /// <summary>Replays the corpus.</summary>
    /// <returns>The first input that fails; null when none does.</returns>
    public FuzzFinding? Replay()
    {
        foreach (byte[] input in _corpus)
            if (Try(input) is { } fault) return new(target.Name, input, null, fault);
        return null;
    }

    /// <summary>Makes inputs until the time is over.</summary>
    /// <param name="time">How long.</param>
    /// <param name="seed">The seed of the first one; each takes the next.</param>
    /// <param name="inputs">How many there were.</param>
    public FuzzFinding? Mutate(TimeSpan time, int seed, out int inputs)
    {
        Mutator mutator = new(_corpus, [.. target.Words.Select(Escaped.Read)], target.MaxLength);
        long began = Stopwatch.GetTimestamp();
        for (inputs = 0; Stopwatch.GetElapsedTime(began) < time; inputs++)
        {
            int own = unchecked(seed + inputs);
            byte[] input = mutator.Make(own);
            if (Try(input) is { } fault) return new(target.Name, Shorten(input, fault), own, fault);
        }
        return null;
    }

    /// <summary>Gives it one input.</summary>
    /// <returns>Its exception; null when there was none.</returns>
    public Exception? Try(byte[] input)
    {
        Exception? bound = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                using Watchdog watchdog = new(target.Name, input);
                target.Run(input);
            }
            catch (BoundExceededException exceeded)
            {
                bound = exceeded;
                continue;
            }
            catch (Exception exception)
            {
                return exception;
            }
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            if (took < SlowInput) return null;
            bound = new BoundExceededException($"{input.Length} bytes took {took.TotalSeconds:0.0} s");
        }
        return bound;
    }

    // Removes pieces for as long as the same kind of fault stays.
    private byte[] Shorten(byte[] input, Exception fault)
    {
        for (int size = input.Length / 2; size > 0; size /= 2)
        {
            for (int at = 0; at + size <= input.Length;)
            {
                byte[] less = [.. input[..at], .. input[(at + size)..]];
                if (Try(less)?.GetType() == fault.GetType()) input = less;
                else at += size;
            }
        }
        return input;
    }
}
