using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The section <c>auth</c> of the multiexit-proxy dialects.</summary>
internal static class MultiExitProxyAuth
{
    /// <summary>Reads it.</summary>
    /// <returns>The pre-shared key; an empty node at its place when it is missing; what was written there after an error.</returns>
    public static ConfigNode ReadKey(MapReader root)
    {
        if (root.Take("auth") is not { } node) return Nothing(root.Place with { Path = root.Place.PathOf("auth") });
        if (root.Map("auth", "auth", mayBeSecret: true) is not { } reader) return node;
        reader.Choice("method", "psk");
        ConfigNode? key = reader.Take("key");
        reader.Finish();
        return key ?? Nothing(reader.Place);
    }

    private static ScalarNode Nothing(SourcePlace auth) => NodeBuilder.Text(auth with { Path = auth.PathOf("key") }, "");
}
