using System.Globalization;
using System.Text.RegularExpressions;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running <c>multiexit run</c> and its resources.</summary>
internal sealed partial class ProxyHost : IDisposable
{
    private readonly HostProcess _process;

    private ProxyHost(HostProcess process, List<(string Type, string Address)> listeners)
    {
        _process = process;
        Listeners = listeners;
    }

    /// <summary>All listeners, each with its type and <c>address:port</c>.</summary>
    public IReadOnlyList<(string Type, string Address)> Listeners { get; }

    /// <summary>The first listener, <c>address:port</c>.</summary>
    public string Address => Listeners[0].Address;

    public int Port => PortOf(0);

    /// <summary>The port of a listener, counted from 0 in the order of the document.</summary>
    public int PortOf(int index) => int.Parse(Listeners[index].Address[(Listeners[index].Address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    /// <summary>Descriptors in use now.</summary>
    public int Descriptors => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    /// <summary>Resident memory now, in KiB.</summary>
    public long ResidentKiB => ReadStatus("VmRSS");

    /// <summary>The most resident memory so far, in KiB.</summary>
    public long PeakResidentKiB => ReadStatus("VmHWM");

    /// <summary>The files that are mapped into its memory.</summary>
    public string Maps => File.ReadAllText($"/proc/{_process.Id}/maps");

    public static Task<ProxyHost> StartAsync(params string[] args) => StartInAsync(null, args);

    /// <summary>Starts it in a network namespace.</summary>
    public static Task<ProxyHost> StartInAsync(string? networkNamespace, params string[] args) =>
        WhenListeningAsync(HostProcess.Start(["run", .. args], networkNamespace: networkNamespace));

    /// <summary>Starts it where the process may have so many descriptors.</summary>
    public static Task<ProxyHost> StartWithDescriptorsAsync(int most, params string[] args) =>
        WhenListeningAsync(HostProcess.Start(["run", .. args], descriptors: most));

    /// <summary>Starts it from a shell, which runs a command before, in a mount namespace of its own.</summary>
    public static Task<ProxyHost> StartInShellAsync(string before, params string[] args) =>
        WhenListeningAsync(HostProcess.Start(["run", .. args], before: before));

    /// <summary>Starts it with more variables in its environment.</summary>
    public static Task<ProxyHost> StartWithEnvironmentAsync(IReadOnlyDictionary<string, string> environment, params string[] args) =>
        WhenListeningAsync(HostProcess.Start(["run", .. args], environment: environment));

    /// <summary>Starts it where the system trusts the certificates of a file alone.</summary>
    public static Task<ProxyHost> StartTrustingAsync(string caFile, params string[] args) =>
        WhenListeningAsync(HostProcess.Start(["run", .. args], trusted: caFile));

    /// <summary>The address of the first listener of a type.</summary>
    public string AddressOf(string type) => Listeners.First(listener => listener.Type == type).Address;

    /// <summary>Waits for the next line of its log that contains a text.</summary>
    public Task<string> LogLineAsync(string text) => _process.ErrorLineAsync(text);

    /// <summary>Waits until the resources of ended connections have been given back.</summary>
    public async Task<int> SettleAsync(int descriptors)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        long start = Environment.TickCount64;
        while (Descriptors > descriptors && Environment.TickCount64 - start < HostProcess.Limit.TotalMilliseconds) await poll.WaitForNextTickAsync();
        return Descriptors;
    }

    public void Dispose() => _process.Dispose();

    private static async Task<ProxyHost> WhenListeningAsync(HostProcess process)
    {
        string? line = await process.ReadLineAsync();
        if (line is null) throw new InvalidOperationException("multiexit did not start: " + await process.ErrorAsync());
        return new ProxyHost(process, [.. Listener().Matches(line).Select(match => (match.Groups["type"].Value, match.Groups["address"].Value))]);
    }

    private long ReadStatus(string name)
    {
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(listening:|,) (?<type>[\w-]+) (?<address>\S+:\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Listener();
}
