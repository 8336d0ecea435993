using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Server;

/// <summary>How the exit of a record is built: a line of the <see cref="ProtocolTable"/>.</summary>
/// <param name="Record">The record.</param>
/// <param name="Create">Builds the exit, from the factory's parts: clock, sockets, the exit on the way to the server. It dials nothing.</param>
internal sealed record ExitMaker(Type Record, Func<ExitConfig, ExitFactory, IExit> Create)
{
    /// <summary>A line.</summary>
    public static ExitMaker For<T>(Func<T, ExitFactory, IExit> create)
        where T : ExitConfig => new(typeof(T), (config, factory) => create((T)config, factory));
}
