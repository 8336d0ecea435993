using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the key <c>bind</c>.</summary>
internal static class BindBinder
{
    /// <returns>Null when it is absent or after an error.</returns>
    public static BindingUnit? Read(MapReader reader, params string[] units) => reader.Choice("bind", units) switch
    {
        "connection" => BindingUnit.Connection,
        "client" => BindingUnit.Client,
        "user" => BindingUnit.User,
        "header" => BindingUnit.Header,
        _ => null,
    };
}
