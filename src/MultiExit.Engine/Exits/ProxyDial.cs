using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Exits;

/// <summary>The outcome of a dial through a proxy: the opened connection, or why there is none.</summary>
/// <param name="Value">The opened connection; the caller owns it.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Reason">The failure as a sentence, without the exit's name; never holds a secret.</param>
internal readonly record struct ProxyDial<T>(T? Value, DialFailure Failure, string? Reason)
    where T : class
{
    /// <summary>It succeeded.</summary>
    public ProxyDial(T value) : this(value, DialFailure.None, null) { }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool Succeeded => Value is not null;
}
