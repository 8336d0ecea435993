using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>A type of exit as a document names it: a line of the <see cref="ConfigSchema"/>.</summary>
/// <param name="Word">The value of <c>type</c>, the same as <see cref="ExitConfig.Type"/> of the record.</param>
/// <param name="Record">The record that is read.</param>
/// <param name="Read">Reads the keys that only this type has; the name is null when the document has none that can be used. It returns
/// null when something that the exit needs is wrong.</param>
internal sealed record ExitType(string Word, Type Record, Func<MapReader, string?, NameTable, ExitConfig?> Read)
{
    /// <summary>Whether it has the keys <c>username</c> and <c>password</c>.</summary>
    public bool HasLogin { get; init; }

    /// <summary>The URLs that stand for it; empty where the inbound with the same word has them.</summary>
    public IReadOnlyList<UrlNames> Urls { get; init; } = [];
}
