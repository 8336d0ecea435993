using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A resolver that knows the names of the test, and counts how often it is asked.</summary>
internal sealed class FakeResolver : INameResolver
{
    private readonly Dictionary<string, IPAddress[]> _names = new(StringComparer.OrdinalIgnoreCase);

    public int Asked { get; private set; }

    /// <summary>When set, look-ups end only by cancellation.</summary>
    public bool Hangs { get; set; }

    /// <summary>The name whose look-ups end only by cancellation.</summary>
    public string? HangsFor { get; init; }

    public FakeResolver Add(string name, params string[] addresses)
    {
        _names[name] = Array.ConvertAll(addresses, IPAddress.Parse);
        return this;
    }

    public async ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        Asked++;
        if (Hangs || name == HangsFor) await Task.Delay(Timeout.Infinite, cancellationToken);
        return _names.TryGetValue(name, out IPAddress[]? addresses) ? NameResult.Success(addresses) : NameResult.Failed($"{name} does not resolve");
    }
}
