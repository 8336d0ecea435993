using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one exit.</summary>
internal sealed class ExitBinder(NameTable names)
{
    private static readonly string[] Types = ["direct", "socks5", "http", "tunnel", "websocket", "ech-tunnel"];

    /// <summary>Reads an exit.</summary>
    /// <returns>Null when something that it cannot do without is wrong.</returns>
    public ExitConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        string? name = NameBinder.Read(reader);
        if (name is not null) names.DeclareExit(name, reader.Take("name")!.Place);
        ConfigNode? typeNode = reader.Require("type", ErrorText.OneOf(Types));
        string? type = typeNode is null ? null : context.Values.Choice(typeNode, Types);
        if (type is null) return null;
        HealthConfig? health = HealthBinder.Read(reader);
        int weight = reader.Integer("weight", ExitConfig.MinWeight, ExitConfig.MaxWeight) ?? ExitConfig.MinWeight;
        ExitConfig? exit = null;
        switch (type)
        {
            case "direct":
                exit = DirectExitBinder.Read(reader, name);
                break;
            case "socks5" or "http" or "websocket":
                exit = new ProxyExitBinder(names).Read(reader, type, name);
                break;
            case "tunnel":
                exit = new TunnelExitBinder(names).Read(reader, name);
                break;
            default:
                exit = new EchTunnelExitBinder(names).Read(reader, name);
                break;
        }
        reader.Finish();
        return name is null || exit is null ? null : exit with { Weight = weight, Health = health };
    }
}
