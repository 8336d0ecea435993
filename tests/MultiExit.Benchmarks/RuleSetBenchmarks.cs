using System.Collections.Frozen;
using System.Text;
using BenchmarkDotNet.Attributes;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Routing.RuleSets;

namespace MultiExit.Benchmarks;

/// <summary>A look-up in a set of a million domains, beside one probe of a frozen set of the same names.</summary>
[MemoryDiagnoser]
public class RuleSetBenchmarks
{
    private const int Names = 1024;
    private readonly string[] _in = new string[Names];
    private readonly string[] _beneath = new string[Names];
    private readonly string[] _out = new string[Names];
    private RuleSetContent _set = null!;
    private FrozenSet<string> _frozen = null!;

    [Params(1_000, 1_000_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Start()
    {
        string[] all = [.. Enumerable.Range(0, Count).Select(i => $"host{i}.site{i % 1000}.example")];
        _set = RuleSetReader.Read(new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(all.Select(name => $".{name}\n")))), RuleSetFormat.Lines);
        _frozen = all.ToFrozenSet(StringComparer.Ordinal);
        Random random = new(1);
        for (int i = 0; i < Names; i++)
        {
            _in[i] = all[random.Next(Count)];
            _beneath[i] = "cdn.images." + all[random.Next(Count)];
            _out[i] = $"www.shop{random.Next()}.example.com";
        }
        Console.WriteLine($"// {Count} domains take {_set.Bytes / 1e6:0.0} MB");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Names)]
    public int FrozenProbe() => Run(_in, _frozen.Contains);

    [Benchmark(OperationsPerInvoke = Names)]
    public int Itself() => Run(_in, _set.Contains);

    [Benchmark(OperationsPerInvoke = Names)]
    public int Beneath() => Run(_beneath, _set.Contains);

    [Benchmark(OperationsPerInvoke = Names)]
    public int NotThere() => Run(_out, _set.Contains);

    private static int Run(string[] names, Func<string, bool> contains)
    {
        int found = 0;
        foreach (string name in names)
            if (contains(name)) found++;
        return found;
    }
}
