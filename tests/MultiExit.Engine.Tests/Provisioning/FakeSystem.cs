using System.Net;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine.Tests.Provisioning;

/// <summary>A system with one interface, eth0, and nothing set up; it notes every change.</summary>
internal sealed class FakeSystem : ICommandRunner
{
    public List<string> Changes { get; } = [];

    public HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal) { ["/proc/sys/net/ipv4/conf/eth0/rp_filter"] = "1" };

    /// <summary>How often the rules of IPv4 were asked for.</summary>
    public int Looks { get; private set; }

    /// <summary>The change that fails, and its error.</summary>
    public (string Text, string Error)? Fails { get; set; }

    public string Rules { get; set; } = "[]";

    public string Routes { get; set; } = "[]";

    /// <summary>What <c>nft -j list chains</c> prints.</summary>
    public string Chains { get; set; } = "";

    public bool MayChangeNetwork { get; set; } = true;

    public bool Has(string program) => !Missing.Contains(program);

    public bool IsOnHost(IPAddress address) => address.ToString().StartsWith("192.0.2.", StringComparison.Ordinal);

    /// <summary>The addresses of every interface.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; set; } = [IPAddress.Parse("192.0.2.1")];

    public IReadOnlyList<IPAddress> AddressesOf(string device) => Addresses;

    public Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        if (Missing.Contains(program)) throw new ProxyException(ProxyError.Provisioning, $"the program {program} is not installed");
        string text = $"{program} {string.Join(' ', arguments)}";
        if (arguments.Contains("rule") && arguments.Contains("show") && arguments.Contains("-4")) Looks++;
        if (arguments.Contains("show")) return Answer(arguments.Contains("-6") ? "[]" : arguments.Contains("rule") ? Rules : Routes);
        if (arguments.Contains("chains")) return Answer(Chains);
        if (arguments.Contains("list") || program.EndsWith("-save", StringComparison.Ordinal)) return Answer("");
        if (Fails is { } fault && text.Contains(fault.Text, StringComparison.Ordinal)) return Task.FromResult(new CommandResult(2, "", fault.Error));
        Changes.Add(text);
        return Answer("");
    }

    public string? ReadSetting(string path) => Settings.GetValueOrDefault(path);

    public void WriteSetting(string path, string value)
    {
        Settings[path] = value;
        Changes.Add($"{path} = {value}");
    }

    private static Task<CommandResult> Answer(string output) => Task.FromResult(new CommandResult(0, output, ""));
}
