namespace MultiExit.Engine.Files;

/// <summary>Where a server keeps what it can do without, and has sooner with it, when its configuration names no place.</summary>
internal static class StateFolder
{
    private const string Product = "multiexit";

    /// <summary>The folder; it may not exist yet. Under systemd that of <c>StateDirectory=</c>, otherwise that of the system for root, and of the user
    /// for others (XDG Base Directory Specification).</summary>
    public static string Path
    {
        get
        {
            // Several are separated by colons (systemd.exec(5)).
            if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } given) return given.Split(':')[0];
            if (OperatingSystem.IsWindows()) return System.IO.Path.Combine(Known(Environment.SpecialFolder.LocalApplicationData), Product);
            if (Environment.IsPrivilegedProcess) return $"/var/lib/{Product}";
            string? ofUser = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            return System.IO.Path.IsPathFullyQualified(ofUser ?? "") ? System.IO.Path.Combine(ofUser!, Product)
                : System.IO.Path.Combine(Known(Environment.SpecialFolder.UserProfile), ".local", "state", Product);
        }
    }

    private static string Known(Environment.SpecialFolder folder) => Environment.GetFolderPath(folder);
}
