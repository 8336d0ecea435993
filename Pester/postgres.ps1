# Dot-sourced by tests that need a PostgreSQL of their own. Without its programs, or without root to become the user postgres, there is none.

function Find-Postgres {
    $programs = if ($IsLinux) { Get-Item /usr/lib/postgresql/*/bin/initdb -ErrorAction Ignore | ForEach-Object DirectoryName | Select-Object -Last 1 }
    if ($programs -and (id -u) -eq 0 -and (id -u postgres 2>$null)) { "$programs" }
}

function Invoke-Postgres($Postgres, [string] $Program, [string[]] $Arguments) {
    $null = & setpriv --reuid=postgres --regid=postgres --init-groups (Join-Path $Postgres.Programs $Program) @Arguments
}

# On a Unix socket; Store is what `fleet.store` says.
function Start-Postgres {
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxpg-$([guid]::NewGuid().ToString('N').Substring(0, 8))")).FullName
    chown postgres:postgres $folder
    $postgres = [pscustomobject]@{ Programs = Find-Postgres; Folder = $folder; Store = "postgres://postgres@/postgres?host=$folder" }
    Invoke-Postgres $postgres initdb '-D', "$folder/data", '-U', 'postgres', '-A', 'trust', '--no-sync', '--no-locale'
    Invoke-Postgres $postgres pg_ctl '-D', "$folder/data", '-w', '-t', '30', '-l', "$folder/log", '-o', "-k $folder -h '' -c fsync=off", 'start'
    return $postgres
}

function Stop-Postgres($Postgres) {
    Invoke-Postgres $Postgres pg_ctl '-D', "$($Postgres.Folder)/data", '-w', '-t', '30', '-m', 'immediate', 'stop'
    Remove-Item -Recurse -Force $Postgres.Folder
}
