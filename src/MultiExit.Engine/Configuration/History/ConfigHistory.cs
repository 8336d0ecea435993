using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.History;

/// <summary>Reads the history of a server, whether it runs or not.</summary>
public static class ConfigHistory
{
    /// <summary>The versions in a folder, oldest first.</summary>
    /// <param name="directory">The value of <c>history.directory</c>.</param>
    /// <exception cref="ProxyException">The folder cannot be read.</exception>
    public static IReadOnlyList<ConfigVersion> List(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new HistoryFolder(Path.GetFullPath(directory)).List();
    }

    /// <summary>Loads a version.</summary>
    /// <param name="directory">The value of <c>history.directory</c>.</param>
    /// <param name="number">The version's number.</param>
    /// <returns>The configuration, or what is wrong with it now: files that it names may have gone.</returns>
    /// <exception cref="ProxyException">There is no such version, or its text was changed.</exception>
    public static ConfigResult Load(string directory, int number)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Load(new HistoryFolder(Path.GetFullPath(directory)), number);
    }

    internal static ConfigResult Load(HistoryFolder folder, int number)
    {
        ConfigVersion version = folder.Get(number);
        return ConfigLoader.Parse(folder.ReadText(version), version.File);
    }
}
