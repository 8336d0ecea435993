namespace MultiExit.Engine.Services;

/// <summary>What the units of this module keep from a service: it is a user of its own, with folders of other users out of its sight.</summary>
internal static class ServiceSight
{
    private static readonly (string Folder, string Setting)[] Hidden =
    [
        ("/home", "ProtectHome="), ("/root", "ProtectHome="), ("/run/user", "ProtectHome="), ("/tmp", "PrivateTmp="), ("/var/tmp", "PrivateTmp="),
    ];

    /// <summary>Why a service will not read a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <returns>Part of a sentence; null: nothing speaks against it.</returns>
    public static string? WhyNot(string path)
    {
        if (Array.Find(Hidden, each => path.StartsWith(each.Folder + "/", StringComparison.Ordinal)) is { Folder: { } folder, Setting: var setting })
            return $"{folder} is out of its sight ({setting})";
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return null;
        try
        {
            if (!File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead)) return $"{path} is not open to other users (chmod o+r)";
            for (string? above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
                if (!File.GetUnixFileMode(above).HasFlag(UnixFileMode.OtherExecute)) return $"{above} is not open to other users (chmod o+x)";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
        return null;
    }
}
