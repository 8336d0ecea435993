# The console host with a .NET of its own, for the .deb and the image: neither needs one on the machine.

# The kinds of machines that it is made for, by the names of Debian and of .NET; OCI calls them as Debian does.
$script:Platforms = @([pscustomobject]@{ Architecture = 'amd64'; Runtime = 'linux-x64' })

# Publishes into a folder, and returns what stands in its project.assets.json beside: the packages that came with it.
function Publish-ConsoleHost([string] $Runtime, [string] $Folder) {
    # Folders of its own: obj of the checkout is for the libraries that run everywhere.
    $intermediate = Join-Path $Root "artifacts/obj/$Runtime"
    dotnet publish src/MultiExit.Host -c Release -r $Runtime --self-contained --artifacts-path $intermediate -o $Folder -v quiet -nologo -p:RunAnalyzers=false | Out-Host
    if ($LASTEXITCODE) { throw "the console host could not be published for $Runtime" }
    # createdump is only for core dumps, which the units switch off; debugging symbols and documents are not shipped.
    Get-ChildItem $Folder -File | Where-Object { $_.Extension -in '.pdb', '.xml' -or $_.Name -eq 'createdump' } | Remove-Item
    return Join-Path $intermediate 'obj/MultiExit.Host/project.assets.json'
}

# What .deb and image have in common: /usr/lib/multiexit, the command, and the configuration to begin with.
function Get-HostItem([string] $Folder) {
    Get-TarItem $Folder 'usr/lib/multiexit'
    New-TarItem 'usr/bin/multiexit' -Target '../lib/multiexit/MultiExit.Host'
    New-TarItem 'etc/multiexit/server.yaml' -Source (Join-Path $PSScriptRoot 'debian/server.yaml')
}
