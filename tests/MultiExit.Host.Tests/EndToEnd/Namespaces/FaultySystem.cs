using System.Net;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>The system of a namespace, whose change number <paramref name="at"/> fails, or never happens because the program dies there.</summary>
internal sealed class FaultySystem(NamespaceHost space, int at, bool dies) : ICommandRunner
{
    private readonly SystemCommandRunner _real = new();
    private int _changes;

    public bool MayChangeNetwork => true;

    /// <summary>Whether there were so many changes.</summary>
    public bool Reached => _changes >= at;

    public bool Has(string program) => _real.Has(program);

    public bool IsOnHost(IPAddress address) => NetworkNamespace.Run(space.Name, () => _real.IsOnHost(address));

    public IReadOnlyList<IPAddress> AddressesOf(string device) => NetworkNamespace.Run(space.Name, () => _real.AddressesOf(device));

    public Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        bool reads = arguments.Contains("show") || arguments.Contains("list") || program.EndsWith("-save", StringComparison.Ordinal);
        if (!reads && IsFault()) return Task.FromResult(new CommandResult(2, "", "refused by the test"));
        // The child belongs to the namespace of the thread that starts it.
        return Task.FromResult(NetworkNamespace.Run(space.Name, () => _real.RunAsync(program, arguments, input, cancellationToken).GetAwaiter().GetResult()));
    }

    public string? ReadSetting(string path) => NetworkNamespace.Run(space.Name, () => _real.ReadSetting(path));

    public void WriteSetting(string path, string value)
    {
        if (IsFault()) throw new ProxyException(ProxyError.Provisioning, "refused by the test");
        NetworkNamespace.Run(space.Name, () =>
        {
            _real.WriteSetting(path, value);
            return 0;
        });
    }

    private bool IsFault()
    {
        if (++_changes != at) return false;
        return dies ? throw new DeathException() : true;
    }

    /// <summary>Nothing is undone for it, as for a program that is killed.</summary>
    internal sealed class DeathException : Exception;
}
