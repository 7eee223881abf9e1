@echo off
rem Runs dpo4j from a checkout: what "mvn package" assembles in cli\target\dpo4j, built first where it is missing or a
rem source is newer. Not run by its authors yet.
setlocal
set "ROOT=%~dp0"
set "PROGRAM=%ROOT%cli\target\dpo4j"
where /q powershell
if errorlevel 1 (
  if exist "%PROGRAM%\.built" goto run
  goto build
)
powershell -NoProfile -Command "$b = Get-Item -ErrorAction SilentlyContinue '%PROGRAM%\.built'; if (-not $b) { exit 1 }; $n = Get-ChildItem -Recurse -File '%ROOT%*' -Include *.java,pom.xml,dpo4j,dpo4j.cmd,*.xml,*.properties,*.txt | Where-Object { $_.FullName -notmatch '\\target\\' -and $_.FullName -notmatch '\\src\\test\\' -and $_.LastWriteTime -gt $b.LastWriteTime } | Select-Object -First 1; if ($n) { exit 1 }"
if not errorlevel 1 goto run

:build
where /q mvn
if errorlevel 1 (
  echo dpo4j: mvn is not on the path. Building dpo4j needs Maven 3.8 or later and a JDK, 17 or later. 1>&2
  exit /b 1
)
rem A folder is the lock: one start builds, others wait.
if not exist "%ROOT%cli\target" mkdir "%ROOT%cli\target"
:wait
mkdir "%ROOT%cli\target\.dpo4j.lock.d" 2>nul
if errorlevel 1 (
  echo dpo4j: waiting for another build; if there is none, delete cli\target\.dpo4j.lock.d 1>&2
  timeout /t 2 /nobreak >nul
  goto wait
)
echo dpo4j: building, for a source is newer than what is built 1>&2
call mvn -q -B -Dstyle.color=never -f "%ROOT%pom.xml" -pl cli -am -DskipTests package 1>&2
set "FAILED=%ERRORLEVEL%"
rmdir "%ROOT%cli\target\.dpo4j.lock.d"
if not "%FAILED%"=="0" (
  echo dpo4j: the build failed, see above. 1>&2
  exit /b 1
)
type nul > "%PROGRAM%\.built"

:run
call "%PROGRAM%\bin\dpo4j.cmd" %*
exit /b %ERRORLEVEL%
