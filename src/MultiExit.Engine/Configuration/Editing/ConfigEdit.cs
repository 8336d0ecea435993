using System.Text.Json;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>One change of a part of a configuration: a key gets a value, or is removed.</summary>
public sealed class ConfigEdit
{
    private ConfigEdit(string path, JsonElement? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
        Value = value;
    }

    /// <summary>The key, written as a comparison prints it: <c>exits[wan1].weight</c>, <c>limits.users["a.b"].quota</c>.</summary>
    public string Path { get; }

    /// <summary>Whether the key is removed.</summary>
    public bool IsRemoval => Value is null;

    // It may be a secret: only the editor sees it.
    internal JsonElement? Value { get; }

    /// <summary>Gives a key a value, whether it is there or not. Sections above it that are missing come with it.</summary>
    /// <param name="path">The key.</param>
    /// <param name="value">Text, a number, true or false, or an object or array of them. Text is taken as it is and never as YAML.</param>
    public static ConfigEdit Set(string path, JsonElement value) => new(path, value);

    /// <inheritdoc cref="Set(string, JsonElement)"/>
    public static ConfigEdit Set(string path, string value) => new(path, JsonSerializer.SerializeToElement(value));

    /// <summary>Gives an exit a weight.</summary>
    /// <param name="exit">The exit's name.</param>
    /// <param name="weight">Its share in groups with the strategy <c>weighted</c>, 1 to 1000.</param>
    public static ConfigEdit SetWeight(string exit, int weight) =>
        new(ConfigPath.Append(ConfigPath.AppendName("exits", exit), "weight"), JsonSerializer.SerializeToElement(weight));

    /// <summary>Takes a key or an item out; it has to be there.</summary>
    /// <param name="path">The key or item.</param>
    public static ConfigEdit Remove(string path) => new(path, null);

    /// <summary>What it does, without the value.</summary>
    public override string ToString() => IsRemoval ? $"without {Path}" : Path;
}
